"""One report, from a draft to its rating, at a city in a process of its own."""

import hashlib
import json
import unittest
import urllib.request

import phananh_ffi as phananh

from support import PROGRAMS, City, StoreTest, picture


@unittest.skipUnless(PROGRAMS, "PHANANH_PROGRAMS does not say where phananh-city is")
class AtTheCity(StoreTest):
    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.there = City(self.folder / "city")
        self.addCleanup(self.there.stop)
        profile = phananh.bundled_profile(phananh.BundledProfile.GENERIC)
        await self.client.set_city(profile, self.there.url)

    async def drain(self):
        return await self.client.drain(phananh.DrainLimits(pace=phananh.Pace.WAITS))

    async def test_from_a_draft_to_the_rating(self):
        draft = await self.draft()
        await self.client.set_pin(draft.id, 16.4637, 107.5909)
        photo = await self.client.add_photo(draft.id, picture(self.folder / "tree.png"))
        await self.client.submit(draft.id)

        sent = await self.drain()
        self.assertEqual((sent.owed, sent.needs_citizen), (0, 0))
        (case,) = self.there.cases()
        status = await self.client.status(draft.id)
        self.assertTrue(status.delivery.is_DELIVERED(), status.delivery)
        self.assertEqual((status.delivery.attachments_owed, status.delivery.tracked), (0, True))
        number = status.service_request_id
        self.assertEqual(number, case["service_request_id"])

        self.there.desk(number, action="receive")
        self.there.desk(number, action="verify")
        self.there.desk(number, action="assign", agency="Trung tâm Công viên Cây xanh")
        self.there.desk(number, action="resolve", outcome="fixed", text="Đã dọn cây")
        synced = await self.client.sync()
        self.assertEqual(synced.changed, 1)
        status = await self.client.status(draft.id)
        self.assertTrue(status.case_status.is_RESOLVED(), status.case_status)
        self.assertEqual(status.outcome, "fixed")
        texts = [entry[0].text for entry in status.timeline if entry.is_CITY()]
        self.assertIn("Đã dọn cây", texts)

        rating = phananh.MessageBody.RATING(
            satisfaction=phananh.Satisfaction.SATISFIED, fixed=phananh.StillThere.YES, text="Cảm ơn"
        )
        await self.client.send_message(draft.id, phananh.NewMessage(body=rating))
        self.assertEqual((await self.drain()).owed, 0)

        listed = self.there.get(f"/desk/cases/{number}.json")
        self.assertEqual((listed["rating"], listed["fixed"]), ("satisfied", "yes"))
        (media,) = listed["media"]
        with urllib.request.urlopen(media["url"]) as answer:
            self.assertEqual(hashlib.sha256(answer.read()).hexdigest(), photo.file.sha256)
        self.assertEqual(len(self.there.cases()), 1, "filed once")

    async def test_signing_in_following_and_the_public_side(self):
        city = (await self.client.cities())[0].id
        me = "default"
        sent = await self.client.start_sign_in(city, me, "0905 123 567")
        self.assertEqual(sent.digits, 6)
        codes = (self.folder / "city" / "codes.jsonl").read_text().splitlines()
        verified = await self.client.verify_sign_in(city, me, json.loads(codes[-1])["code"])
        self.assertEqual(verified.account.signed_in.masked, "09xx xxx 567")
        draft = await self.draft()
        await self.client.set_pin(draft.id, 16.4637, 107.5909)
        await self.client.submit(draft.id)
        await self.drain()
        delivered = phananh.ListQuery(state=phananh.ListState.DELIVERED, query=draft.reference_code[:4])
        self.assertEqual([row.report.id for row in (await self.client.list(delivered)).entries], [draft.id])
        await self.client.sign_out(city, me, phananh.OwedAtSignOut.ASK)
        (account,) = await self.client.accounts()
        self.assertIsNone(account.signed_in)

        feed = await self.client.fetch_feed(city, phananh.PublicQuery())
        self.assertEqual(await self.client.feed(city, phananh.PublicQuery()), feed)
        numbers = await self.client.fetch_numbers(city, phananh.Period())
        self.assertEqual(numbers.numbers.figures[0].metric, "received")
        self.assertEqual((await self.client.fetch_announcements(city)).announcements, [])
        followed = await self.client.follow(city, me, "999999")
        self.assertTrue((await self.client.status(followed)).delivery.is_FOLLOWED())
        await self.client.unfollow(followed)
        await self.client.register_push("fcm", "token")
        await self.client.push_received()


if __name__ == "__main__":
    unittest.main()
