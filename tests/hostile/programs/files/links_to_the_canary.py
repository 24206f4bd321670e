# with: attempts
os.symlink("@file@", "link")
os.symlink("@dir@", "directory")
hard = attempt(os.link, "@file@", "hard").replace("failed: EXDEV", "refused").split(" ")[0]
tell(attempt(read, "link"), attempt(write, "link"), attempt(read, "directory/canary"), attempt(os.listdir, "directory"), hard)
