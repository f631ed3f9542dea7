"""Recorded readings and archives of earlier versions, which every later version must reproduce or read."""
