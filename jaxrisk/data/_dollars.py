"""What counts as a dollar."""

# Dollars, and what trades as one; a price in them is taken for one in USD.
DOLLARS = ("USDT", "USDC", "BUSD", "FDUSD", "TUSD", "USDP", "USD", "DAI")
