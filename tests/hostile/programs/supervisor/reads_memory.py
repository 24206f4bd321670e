# with: attempts
tell(*(attempt(read, f"/proc/{pid}/mem") for pid in others()[:50]), *(attempt(read, f"/proc/{pid}/maps") for pid in others()[-50:]))
