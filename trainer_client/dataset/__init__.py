"""From public problem sets to training data that is proven: collect, process, verify, deduplicate, decontaminate,
filter, export. Needs the extra ``dataset``, whose packages are loaded when they are first used."""
