"""Files for trainers: one format each, with the columns that its reward module reads."""

from trainer_client.dataset.export.output import ExportOutput

__all__ = ["ExportOutput"]
