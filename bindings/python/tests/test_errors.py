"""Every refusal is a typed error with a code; an exception in the keeper is one too."""

import unittest

import phananh_ffi as phananh

from support import StoreTest

Error = phananh.ClientError


class Errors(StoreTest):
    async def test_what_does_not_exist_is_not_found(self):
        for unknown in ("0198f2a0-0000-7000-8000-000000000001", "no id at all", ""):
            with self.subTest(unknown), self.assertRaises(Error.NotFound) as caught:
                await self.client.report(unknown)
            self.assertEqual(caught.exception.what, "report")
        with self.assertRaises(Error.NotFound) as caught:
            await self.client.create_draft(phananh.NewDraft(city="nowhere", changes=phananh.DraftChanges()))
        self.assertEqual(caught.exception.what, "city")

    async def test_bad_arguments_name_their_field(self):
        draft = await self.draft()
        with self.assertRaises(Error.BadInput) as caught:
            await self.client.set_pin(draft.id, 91.0, 0.0)
        self.assertEqual(caught.exception.field, "place")
        with self.assertRaises(Error.BadInput) as caught:
            await self.client.set_city("{", None)
        self.assertEqual((caught.exception.field, caught.exception.code), ("profile", "error.bad_profile"))
        with self.assertRaises(Error.BadInput) as caught:
            await self.client.add_photo(draft.id, str(self.folder / "absent.jpg"))
        self.assertEqual(caught.exception.field, "photo")
        self.assertEqual((await self.client.report(draft.id)).attachments, [])

    async def test_an_incomplete_report_is_told_all_its_problems_and_stays_a_draft(self):
        draft = await self.client.create_draft(phananh.NewDraft(city=self.city, changes=phananh.DraftChanges()))
        with self.assertRaises(Error.Invalid) as caught:
            await self.client.submit(draft.id)
        blocking = {(p.field, p.code) for p in caught.exception.problems if p.severity == phananh.Severity.BLOCKS}
        self.assertIn(("service_code", phananh.ProblemCode.REQUIRED), blocking)
        self.assertIn(("place", phananh.ProblemCode.REQUIRED), blocking)
        self.assertEqual((await self.client.report(draft.id)).phase, phananh.Phase.DRAFT)

    async def test_a_step_that_makes_no_sense_now_says_so(self):
        draft = await self.draft()
        with self.assertRaises(Error.NotNow):
            await self.client.retry(draft.id)

    async def test_a_second_client_on_the_folder_is_refused(self):
        with self.assertRaises(Error.StoreHeld) as caught:
            await self.open()
        self.assertEqual(caught.exception.code, "error.store_held")

    async def test_the_keeper_speaks_in_its_errors(self):
        for trouble, code in (
            (phananh.SecretError.Locked(), "error.secrets_locked"),
            (phananh.SecretError.Failed(reason="no hardware"), "error.secrets_failed"),
            (RuntimeError("an exception that nobody declared"), "error.secrets_failed"),
        ):
            with self.subTest(type(trouble).__name__):
                self.keeper.trouble = trouble
                try:
                    with self.assertRaises(Error.Secrets) as caught:
                        await self.draft()
                finally:
                    self.keeper.trouble = None
                self.assertEqual(caught.exception.code, code)
        self.assertEqual((await self.client.list(phananh.ListQuery())).entries, [])
        self.assertEqual((await self.draft()).phase, phananh.Phase.DRAFT, "and works again once the keeper does")

    async def test_after_shut_down_every_call_says_closed(self):
        await self.client.shut_down()
        await self.client.shut_down()
        with self.assertRaises(Error.Closed):
            await self.client.list(phananh.ListQuery())
        self.client = await self.open()
        self.assertEqual((await self.client.list(phananh.ListQuery())).entries, [], "and the folder is free")


if __name__ == "__main__":
    unittest.main()
