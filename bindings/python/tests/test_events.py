"""Events and cancellation: what changed is told once it is durable; a dropped call loses nothing."""

import asyncio
import unittest

import phananh_ffi as phananh

from support import StoreTest, guarded


class Events(StoreTest):
    async def test_a_listener_hears_what_changed(self):
        await self.client.set_connectivity(phananh.Network.OFFLINE)
        events = await self.client.subscribe()
        draft = await self.draft()
        await self.client.set_pin(draft.id, 16.4637, 107.5909)
        await self.client.submit(draft.id)
        heard = [await guarded(events.next()) for _ in range(3)]
        self.assertTrue(heard[0].is_REPORT() and heard[1].is_REPORT() and heard[2].is_DELIVERY(), heard)
        self.assertEqual({event.report for event in heard}, {draft.id})

    async def test_a_wait_that_is_cancelled_loses_no_event(self):
        events = await self.client.subscribe()
        waiting = asyncio.ensure_future(events.next())
        await asyncio.sleep(0)
        waiting.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await waiting
        draft = await self.draft()
        self.assertEqual((await guarded(events.next())).report, draft.id)

    async def test_shut_down_ends_the_stream(self):
        events = await self.client.subscribe()
        waiting = asyncio.ensure_future(events.next())
        await asyncio.sleep(0)
        await self.client.shut_down()
        self.assertIsNone(await guarded(waiting))

    async def test_a_draft_whose_call_is_dropped_is_whole_or_absent(self):
        calls = [asyncio.ensure_future(self.draft(text=f"Ổ gà số {n}")) for n in range(8)]
        await asyncio.sleep(0)
        for call in calls[::2]:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        # Shut-down lets writes under way come to their end; the next opening sees what they did.
        await self.client.shut_down()
        self.client = await self.open()
        texts = {entry.report.content.text for entry in (await self.client.list(phananh.ListQuery())).entries}
        self.assertTrue({f"Ổ gà số {n}" for n in range(1, 8, 2)} <= texts, texts)
        self.assertTrue(texts <= {f"Ổ gà số {n}" for n in range(8)}, texts)


if __name__ == "__main__":
    unittest.main()
