"""Scrapy on the same sites: seeds and allowed hosts from the environment, pages counted and thrown away."""

import os

import scrapy
from scrapy.linkextractors import LinkExtractor


class Pages(scrapy.Spider):
    name = "pages"
    start_urls = os.environ["SEEDS"].split()
    # Its fastest sensible settings: no cookies, no console, no per-request logs, plenty in flight.
    custom_settings = {
        "ROBOTSTXT_OBEY": True,
        "CONCURRENT_REQUESTS": 64,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
        "DOWNLOAD_DELAY": 0,
        "COOKIES_ENABLED": False,
        "RETRY_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "LOG_LEVEL": "ERROR",
        "REACTOR_THREADPOOL_MAXSIZE": 4,
        "REQUEST_FINGERPRINTER_IMPLEMENTATION": "2.7",
        # In the order of breadth, as a crawl of many hosts has to go.
        "DEPTH_PRIORITY": 1,
        "SCHEDULER_DISK_QUEUE": "scrapy.squeues.PickleFifoDiskQueue",
        "SCHEDULER_MEMORY_QUEUE": "scrapy.squeues.FifoMemoryQueue",
    }
    links = LinkExtractor()

    def parse(self, response):
        if isinstance(response, scrapy.http.TextResponse):
            for link in self.links.extract_links(response):
                yield scrapy.Request(link.url)
