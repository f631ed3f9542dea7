-- Earlier versions did not record to which collection a capture belongs: each page is captured whole once more.
DROP TABLE capture;
