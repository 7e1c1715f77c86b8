"""What the tests share: keepers of secrets, a client in a fresh folder, a city as a process, a picture."""

import asyncio
import contextlib
import json
import os
import pathlib
import shutil
import struct
import subprocess
import tempfile
import threading
import unittest
import urllib.request
import zlib

import phananh_ffi as phananh

PROGRAMS = os.environ.get("PHANANH_PROGRAMS")
OPERATOR = "desk-of-the-tests"
# Hangs become failures after this many seconds; nothing is expected to take long.
GUARD = 120


class Keeper(phananh.SecureStore):
    """A keeper of secrets in memory. `trouble` is raised by every call while it is set."""

    def __init__(self):
        self.secrets = {}
        self.trouble = None
        self._lock = threading.Lock()

    def _open(self):
        if self.trouble is not None:
            raise self.trouble

    def get(self, name):
        with self._lock:
            self._open()
            if name not in self.secrets:
                raise phananh.SecretError.Missing()
            return self.secrets[name]

    def set(self, name, secret):
        with self._lock:
            self._open()
            self.secrets[name] = bytes(secret)

    def remove(self, name):
        with self._lock:
            self._open()
            self.secrets.pop(name, None)


class StoreTest(unittest.IsolatedAsyncioTestCase):
    """A folder, a keeper, and an open client with the city `generic`."""

    # Nobody answers there (RFC 863, and nothing listens).
    endpoint = "http://127.0.0.1:9"

    async def asyncSetUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="phananh-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.keeper = Keeper()
        self.client = await self.open()
        self.addAsyncCleanup(self.shut_down)
        profile = phananh.bundled_profile(phananh.BundledProfile.GENERIC)
        self.city = await self.client.set_city(profile, self.endpoint)

    async def shut_down(self):
        await self.client.shut_down()

    async def open(self):
        options = phananh.OpenOptions(folder=str(self.folder / "store"), language=phananh.Language.VI)
        return await phananh.ReportClient.open(options, self.keeper)

    async def draft(self, **changes):
        changes = {"service": "cay-xanh", "text": "Cây đổ chắn đường", **changes}
        draft = phananh.NewDraft(city=self.city, changes=phananh.DraftChanges(**changes))
        return await self.client.create_draft(draft)


async def guarded(waiting):
    """The result, or a failure where a wait never ends."""
    return await asyncio.wait_for(waiting, GUARD)


def picture(path, width=320, height=240):
    """A PNG (ISO/IEC 15948) with a gradient: 8 bits a channel, RGB, no filter."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    row = bytes(value for x in range(width) for value in (x * 255 // width, 96, 160))
    rows = b"".join(b"\0" + row for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    pathlib.Path(path).write_bytes(png)
    return str(path)


class City:
    """A `phananh-city` process."""

    def __init__(self, folder):
        command = [os.path.join(PROGRAMS, "phananh-city"), "--listen", "127.0.0.1:0", "--data", str(folder)]
        command += ["--operator-token", OPERATOR]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        word, self.url = self.process.stdout.readline().split()
        assert word == "listening", word

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()

    def get(self, path):
        return self._ask(urllib.request.Request(self.url + path))

    def desk(self, case, **action):
        body = json.dumps(action).encode()
        headers = {"Content-Type": "application/json"}
        return self._ask(urllib.request.Request(f"{self.url}/desk/cases/{case}/actions.json", body, headers))

    def cases(self):
        return self._ask(urllib.request.Request(f"{self.url}/desk/cases.json"))["cases"]

    def _ask(self, request):
        request.add_header("Authorization", f"Bearer {OPERATOR}")
        with contextlib.closing(urllib.request.urlopen(request, timeout=GUARD)) as answer:
            return json.load(answer)
