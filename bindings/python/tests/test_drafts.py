"""Drafts: durable at every change, listed, found, edited, sent off without a network."""

import unittest

import phananh_ffi as phananh

from support import StoreTest, picture


class Drafts(StoreTest):
    async def test_a_draft_survives_the_client(self):
        draft = await self.draft()
        await self.client.set_pin(draft.id, 16.4637, 107.5909)
        await self.client.set_place_words(draft.id, "kiệt 48 Ngô Quyền, gần chợ")
        await self.client.shut_down()
        self.client = await self.open()
        again = await self.client.report(draft.id)
        self.assertEqual(again.reference_code, draft.reference_code)
        self.assertEqual(again.content.text, "Cây đổ chắn đường")
        self.assertEqual(again.content.place.words, "kiệt 48 Ngô Quyền, gần chợ")
        self.assertEqual(again.content.place.located.point, phananh.Degrees(lat=16.4637, lon=107.5909))
        self.assertEqual(again.content.place.located.source, phananh.PlaceSource.PIN)

    async def test_an_edit_changes_what_it_names_and_nothing_else(self):
        draft = await self.draft()
        edited = await self.client.edit_draft(
            draft.id, phananh.DraftChanges(text="Cây phượng đổ 🌳", urgency=phananh.Urgency.URGENT)
        )
        self.assertEqual(edited.content.text, "Cây phượng đổ 🌳")
        self.assertEqual(edited.content.urgency, phananh.Urgency.URGENT)
        self.assertEqual(edited.content.service, "cay-xanh")
        self.assertEqual(edited.content.observed_at, draft.content.observed_at)

    async def test_lists_page_newest_first_and_search_without_marks(self):
        made = [(await self.draft(text=text)).id for text in ("Ổ gà", "Đèn đường hỏng", "Cống tắc")]
        first = await self.client.list(phananh.ListQuery(limit=2))
        self.assertEqual([entry.report.id for entry in first.entries], [made[2], made[1]])
        rest = await self.client.list(phananh.ListQuery(limit=2, after=first.next))
        self.assertEqual([entry.report.id for entry in rest.entries], [made[0]])
        self.assertIsNone(rest.next)
        found = await self.client.list(phananh.ListQuery(query="den duong"))
        self.assertEqual([entry.report.id for entry in found.entries], [made[1]])

    async def test_a_report_goes_by_its_code(self):
        draft = await self.draft()
        self.assertEqual(await self.client.resolve(draft.reference_code), draft.id)

    async def test_a_photo_is_taken_in_smaller(self):
        draft = await self.draft()
        added = await self.client.add_photo(draft.id, picture(self.folder / "tree.png", 2400, 1800))
        self.assertEqual(max(added.file.width, added.file.height), 1600)
        self.assertEqual(added.file.width * 3, added.file.height * 4)
        self.assertLessEqual(added.file.bytes, 300_000)
        status = await self.client.status(draft.id)
        self.assertEqual(status.attachments[0].id, added.attachment)
        self.assertTrue(status.attachments[0].state.is_READY())

    async def test_sending_off_without_a_network_returns_and_says_why_it_waits(self):
        await self.client.set_connectivity(phananh.Network.OFFLINE)
        draft = await self.draft()
        await self.client.set_pin(draft.id, 16.4637, 107.5909)
        self.assertEqual(await self.client.problems(draft.id), [])
        self.assertEqual(await self.client.submit(draft.id), [])
        why = await self.client.why(draft.id)
        self.assertEqual(why.reason, phananh.Reason.NO_NETWORK)
        self.assertTrue(why.next.is_WHEN_NETWORK())
        (job,) = await self.client.queue()
        self.assertEqual((job.report, job.kind), (draft.id, phananh.JobKind.REPORT))
        report = await self.client.drain(phananh.DrainLimits(pace=phananh.Pace.WAITS))
        self.assertEqual((report.delivered, report.owed, report.needs_citizen, report.requests), (0, 1, 0, 0))
        await self.client.recall(draft.id)
        self.assertEqual((await self.client.report(draft.id)).phase, phananh.Phase.DRAFT)


if __name__ == "__main__":
    unittest.main()
