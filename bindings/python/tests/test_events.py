"""Events and cancellation: what changed is told once it is durable; a dropped call loses nothing."""

import asyncio
import queue
import threading
import unittest

import phananh_ffi as phananh

from support import GUARD, StoreTest, guarded


class Sink(phananh.EventSink):
    """Keeps what it is told. `trouble` is raised after that, `calls` is called before it."""

    def __init__(self):
        self.events = queue.Queue()
        self.threads = set()
        self.trouble = None
        self.calls = None
        self.answer = None

    def on_event(self, event):
        self.threads.add(threading.get_ident())
        if self.calls is not None:
            self.answer = self.calls()
        self.events.put(event)
        if self.trouble is not None:
            raise self.trouble

    async def heard(self):
        return await asyncio.to_thread(self.events.get, True, GUARD)


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

    async def test_a_sink_is_told_from_a_thread_of_the_core(self):
        sink = Sink()
        await self.client.tell(sink)
        draft = await self.draft()
        self.assertEqual((await sink.heard()).report, draft.id)
        self.assertNotIn(threading.get_ident(), sink.threads)

    async def test_a_sink_that_throws_is_told_to_read_again(self):
        for trouble in [phananh.SinkError.Failed("busy"), ValueError("an exception of the shell")]:
            sink = Sink()
            sink.trouble = trouble
            await self.client.tell(sink)
            await self.draft()
            await sink.heard()
            sink.trouble = None
            draft = await self.draft()
            self.assertTrue((await sink.heard()).is_RESYNC(), trouble)
            await self.client.set_pin(draft.id, 16.4637, 107.5909)
            self.assertEqual((await sink.heard()).report, draft.id, "and goes on")

    async def test_a_sink_may_call_back_and_be_slow(self):
        loop = asyncio.get_running_loop()
        sink = Sink()
        sink.calls = lambda: asyncio.run_coroutine_threadsafe(
            self.client.list(phananh.ListQuery()), loop
        ).result(GUARD)
        await self.client.tell(sink)
        first = await self.draft()
        await sink.heard()
        self.assertEqual([entry.report.id for entry in sink.answer.entries], [first.id])

    async def test_no_sink_is_told_nothing(self):
        sink, other = Sink(), Sink()
        await self.client.tell(sink)
        await self.client.tell(other)
        await self.draft()
        await other.heard()
        await self.client.tell(None)
        await self.draft()
        self.assertTrue(sink.events.empty() and other.events.empty())

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
