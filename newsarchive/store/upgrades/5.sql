-- Earlier versions did not record where in its file a capture is: each page is captured whole once more.
DROP TABLE IF EXISTS capture;
DROP TABLE IF EXISTS capture_file;
