"""The life of a store: leases, what a person takes along."""

import json
import unittest
import zipfile

import phananh_ffi as phananh

from support import StoreTest


class Leases(StoreTest):
    async def test_after_the_last_lease_the_folder_is_free_and_the_next_call_opens_it(self):
        draft = await self.draft()
        screen = await self.client.lease(phananh.LeaseKind.FOREGROUND)
        piece = await self.client.lease(phananh.LeaseKind.DRAIN)
        await screen.end()
        with self.assertRaises(phananh.ClientError.StoreHeld):
            await self.open()
        await piece.end()
        await piece.end()
        other = await self.open()
        await other.edit_draft(draft.id, phananh.DraftChanges(text="Của ứng dụng kia"))
        with self.assertRaises(phananh.ClientError.StoreHeld):
            await self.client.report(draft.id)
        await other.shut_down()
        self.assertEqual((await self.client.report(draft.id)).content.text, "Của ứng dụng kia")
        again = await self.client.lease(phananh.LeaseKind.DRAIN)
        self.assertEqual((await self.client.report(draft.id)).content.text, "Của ứng dụng kia")
        await again.end()

    async def test_a_store_that_is_whole_has_no_news(self):
        self.assertIsNone(await self.client.rescued())


class Export(StoreTest):
    async def test_everything_of_mine_is_one_file(self):
        draft = await self.draft()
        file = self.folder / "mine.zip"
        exported = await self.client.export(str(file))
        self.assertEqual((exported.reports, exported.bytes), (1, file.stat().st_size))
        with zipfile.ZipFile(file) as archive:
            self.assertIsNone(archive.testzip())
            manifest = json.loads(archive.read("manifest.json"))
            report = json.loads(archive.read(manifest["files"][0]["name"]))
        self.assertEqual(report["content"]["text"], draft.content.text)

    async def test_a_place_that_takes_no_file_is_bad_input(self):
        with self.assertRaises(phananh.ClientError.BadInput) as refused:
            await self.client.export(str(self.folder / "no" / "such" / "folder.zip"))
        self.assertEqual(refused.exception.field, "file")


if __name__ == "__main__":
    unittest.main()
