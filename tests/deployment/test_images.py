"""The images, built as the Dockerfile says by buildah(1) in chroots, so without a Docker engine or any privilege of one;
then both run beside a Redis and judge programs in every language of the worker's image. ``make images``: takes minutes.

The base is a Debian made here with this host's own certificates and pip settings, since python:slim lies in a registry
of images.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from tests.jobs.hosts import redis_server
from tests.ports import free_port
from tests.waiting import until

ROOT = Path(__file__).parents[2]
BASE = "localhost/microcoder-base"
STEP_S = 1200
ADDS = {
    "python": "print(sum(map(int, input().split())))",
    "bash": "read a b; echo $((a + b))",
    "c": '#include <stdio.h>\nint main(void) { int a, b; scanf("%d %d", &a, &b); printf("%d", a + b); }',
    "cpp": "#include <iostream>\nint main() { int a, b; std::cin >> a >> b; std::cout << a + b; }",
    "java": "import java.util.*;\npublic class Main { public static void main(String[] a) {"
    " Scanner s = new Scanner(System.in); System.out.println(s.nextInt() + s.nextInt()); } }",
    "javascript": 'const [a, b] = require("fs").readFileSync(0, "utf8").split(" ").map(Number); console.log(a + b)',
    "typescript": 'const [a, b]: number[] = require("fs").readFileSync(0, "utf8").split(" ").map(Number);'
    "\nconsole.log(a + b)",
    "go": 'package main\nimport "fmt"\nfunc main() { var a, b int; fmt.Scan(&a, &b); fmt.Println(a + b) }',
    "rust": "use std::io::*;\nfn main() { let mut s = String::new(); stdin().read_to_string(&mut s).unwrap();"
    ' println!("{}", s.split_whitespace().map(|x| x.parse::<i32>().unwrap()).sum::<i32>()); }',
}

pytestmark = [
    pytest.mark.skipif("MICROCODER_TRY_IMAGES" not in os.environ, reason="takes minutes: make images"),
    pytest.mark.skipif(os.geteuid() != 0, reason="only root makes a root directory"),
    *(
        pytest.mark.skipif(shutil.which(tool) is None, reason=f"needs {tool}")
        for tool in ("buildah", "debootstrap", "redis-server")
    ),
]


class Images:
    """A store of images of its own, and containers of them."""

    def __init__(self, folder: Path) -> None:
        store = ["--root", str(folder / "images"), "--runroot", str(folder / "run"), "--storage-driver", "overlay"]
        self._buildah = ["buildah", *store]

    def __call__(self, *arguments: str) -> str:
        """A command of buildah's; what it printed."""
        done = subprocess.run(
            [*self._buildah, *arguments], stdout=subprocess.PIPE, cwd=ROOT, text=True, timeout=STEP_S, check=True
        )
        return done.stdout.strip()

    def add_base(self, debian: Path) -> None:
        container = self("from", "scratch")
        self("add", "--quiet", container, str(debian), "/")
        self("commit", "--quiet", "--rm", container, BASE)

    def build(self, target: str) -> None:
        what = ["--target", target, "--tag", f"localhost/{target}", "--file", "docker/Dockerfile"]
        self("build", "--isolation", "chroot", "--layers", "--build-arg", f"BASE={BASE}", *what, ".")

    def running(self, target: str, command: str, **environment: str) -> list[str]:
        """A command that runs one of ours in a new container, which shares this host's network."""
        container = self("from", f"localhost/{target}")
        settings = [word for name, value in environment.items() for word in ("--env", f"{name}={value}")]
        return [*self._buildah, "run", "--isolation", "chroot", *settings, container, "--", *command.split()]


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Images]:
    folder = tmp_path_factory.mktemp("images")
    debian = folder / "debian"
    packages = "--include=ca-certificates,python3,python3-venv"
    subprocess.run(["debootstrap", "--variant=minbase", packages, "bookworm", debian], check=True, timeout=STEP_S)
    for setting in (Path("/etc/pip.conf"), *Path("/usr/local/share/ca-certificates").glob("*.crt")):
        if setting.exists():
            shutil.copy(setting, debian / setting.relative_to("/"))
    subprocess.run(["chroot", debian, "update-ca-certificates"], check=True, timeout=STEP_S)
    images = Images(folder)
    images.add_base(debian)
    for target in ("api", "worker"):
        images.build(target)
    yield images
    images("rm", "--all")
    images("rmi", "--all", "--force")


def test_the_api_s_image_is_nobody_s_root_and_has_no_compiler(images: Images) -> None:
    def said(command: str) -> str:
        return subprocess.run(images.running("api", command), capture_output=True, text=True, timeout=STEP_S).stdout

    assert said("id -u").strip() == "10001"
    assert said("which gcc node java").strip() == ""
    assert "serve" in said("microcoder --help")


def test_both_images_and_a_redis_judge_every_language_of_the_worker_s(images: Images, tmp_path: Path) -> None:
    port = free_port()
    with redis_server(tmp_path) as url:
        api = images.running(
            "api", "microcoder serve", MICROCODER_REDIS_URL=url, MICROCODER_HOST="127.0.0.1", MICROCODER_PORT=str(port)
        )
        worker = images.running("worker", "microcoder worker", MICROCODER_REDIS_URL=url)
        parts = [subprocess.Popen(command, start_new_session=True) for command in (api, worker)]
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=STEP_S) as client:
                until(lambda: _ready(client), "both containers are ready")
                suite = {"mode": "stdio", "tests": [{"input": "1 2\n", "output": "3\n"}]}
                for language, code in ADDS.items():
                    submission = {"code": code, "language": language, "suite": suite}
                    report = client.post("/v1/grade", json=submission).json()
                    assert report["verdict"] == "accepted", (language, report)
                    # No container of buildah's chroots has namespaces of its own to give: the tier that asks for none.
                    assert report["isolation"] == "landlock"
                wrong = {"code": "print(4)", "language": "python", "suite": suite}
                assert client.post("/v1/grade", json=wrong).json()["verdict"] == "wrong_answer"
        finally:
            for part in parts:
                _end(part)


def _ready(client: httpx.Client) -> bool:
    try:
        return client.get("/readyz").is_success
    except httpx.TransportError:
        return False


def _end(part: subprocess.Popen[bytes]) -> None:
    """The container's processes are descendants of the command that runs it."""
    inside = psutil.Process(part.pid).children(recursive=True)
    os.killpg(part.pid, signal.SIGTERM)
    for process in inside:
        if process.is_running():
            process.terminate()
    _, left = psutil.wait_procs([*inside, psutil.Process(part.pid)], timeout=60)
    for process in left:
        process.kill()
    part.wait(60)
