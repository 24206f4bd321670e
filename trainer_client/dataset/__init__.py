"""Training data with proof, from public problem sets: collect, process, verify, deduplicate, decontaminate, filter,
export. Needs the extra ``dataset``; its packages are loaded when they are first used."""
