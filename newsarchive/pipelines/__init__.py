"""The item pipelines, in order: clean, metadata, rights, validate, write. Thin shells around `newsarchive.reading`."""

from newsarchive.pipelines.clean import CleanPipeline
from newsarchive.pipelines.judge import MetadataPipeline, ValidatePipeline
from newsarchive.pipelines.rights import RightsPipeline
from newsarchive.pipelines.write import WritePipeline

__all__ = ["CleanPipeline", "MetadataPipeline", "RightsPipeline", "ValidatePipeline", "WritePipeline"]
