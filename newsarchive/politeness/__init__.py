"""What a polite crawler may ask, and when: decisions over values, without Scrapy, a network or a clock."""
