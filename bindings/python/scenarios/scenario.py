"""Runs one scenario file through the bindings: every step of the citizen and the phone is a call of the client.

The format is described in tests/scenarios/README.md. What is no business of the phone, and what is counted at the city,
goes to the harness as it stands in the file. A step that is not known here is an error.
"""

import json

import phananh_ffi as phananh
import phananh_harness as harness

from support import Keeper

# A phone that never comes to rest within so many drains never will.
DRAINS = 400

WORLD = {"line", "advance_s", "phone_clock_by_s", "reboot", "stranger", "desk", "expect_city"}


# Where the word of the command line is not the name of the value.
NEXT = {"when_network": "network", "when_wifi": "wifi", "after_you": "citizen"}


class Differs(AssertionError):
    pass


def same(what, wanted, found):
    if wanted != found:
        raise Differs(f"{what}: expected {wanted!r}, found {found!r}")


def word(variant):
    """The word of the command line for a value of an enum: snake_case."""
    if isinstance(variant, phananh.CaseStatus.OTHER):
        return variant[0]
    name = variant.name if hasattr(variant, "name") else type(variant).__name__
    name = name.rpartition(".")[2].lower()
    return NEXT.get(name, name)


def choice(enum, text):
    return None if text is None else enum[text.upper()]


class Run:
    def __init__(self, text):
        self.scenario = json.loads(text)
        self.world = harness.Harness.start(text)
        self.keeper = Keeper()
        self.client = None
        self.reports = {}
        self.last_drain = None

    async def run(self):
        self.client = await self.world.open(self.keeper)
        await self.client.set_city(self.world.profile(), self.world.url())
        for number, step in enumerate(self.scenario["steps"], 1):
            try:
                await self.perform(step)
            except Exception as error:
                raise Differs(f"step {number}, {json.dumps(step, ensure_ascii=False)}\n    {error!r}") from error

    async def perform(self, step):
        ((name, says),) = step.items()
        if name in WORLD:
            return await self.world.perform(json.dumps(step), await self.seen(name, says))
        todo = getattr(self, "step_" + name, None)
        if todo is None:
            raise Differs(f"unknown step {name!r}")
        return await todo(says)

    def id(self, says):
        name = says.get("report", "it")
        if name not in self.reports:
            raise Differs(f"no report is called {name!r}")
        return self.reports[name]

    async def seen(self, name, says):
        """What the phone holds of the report that a step of the world names, if it has it."""
        if name not in ("desk", "expect_city") or says.get("report", "it") not in self.reports:
            return None
        status = await self.client.status(self.id(says))
        photos = [photo.file.sha256 for photo in status.attachments if photo.file is not None]
        return harness.Seen(text=status.report.content.text, number=status.service_request_id, photos=photos)

    # the citizen

    async def step_network(self, says):
        await self.client.set_connectivity(choice(phananh.Network, says))

    async def step_draft(self, says):
        changes = phananh.DraftChanges(
            service=says.get("service"),
            title=says.get("title"),
            text=says.get("text"),
            urgency=choice(phananh.Urgency, says.get("urgency")),
        )
        draft = phananh.NewDraft(city=json.loads(self.world.profile())["name"], changes=changes)
        report = await self.client.create_draft(draft)
        name = says.get("report", "it")
        if name in self.reports:
            raise Differs(f"two reports are called {name!r}")
        self.reports[name] = report.id
        if says.get("pin") is not None:
            lat, lon = says["pin"]
            await self.client.set_pin(report.id, lat, lon)
        if says.get("place") is not None:
            await self.client.set_place_words(report.id, says["place"])

    async def step_edit(self, says):
        await self.client.edit_draft(self.id(says), phananh.DraftChanges(text=says["text"]))

    async def step_photo(self, says):
        path = await self.world.picture(says["made"])
        await self.client.add_photo(self.id(says), path)

    async def step_submit(self, says):
        await self.client.submit(self.id(says))

    async def step_recall(self, says):
        await self.client.recall(self.id(says))

    async def step_retry(self, says):
        await self.client.retry(self.id(says))

    async def step_decide(self, says):
        await self.client.decide(self.id(says), choice(phananh.Decision, says["decision"]))

    async def step_message(self, says):
        ((kind, value),) = says["says"].items()
        if kind == "rating":
            body = phananh.MessageBody.RATING(
                satisfaction=choice(phananh.Satisfaction, value.get("satisfaction")),
                fixed=choice(phananh.StillThere, value.get("fixed")),
                text=value.get("text"),
            )
        else:
            body = getattr(phananh.MessageBody, kind.upper())(text=value)
        await self.client.send_message(self.id(says), phananh.NewMessage(body=body))

    # the phone

    async def step_drain(self, says):
        pace = choice(phananh.Pace, says.get("pace", "waits"))
        limits = phananh.DrainLimits(max_bytes=says.get("max_bytes"), pace=pace)
        killed_at = says.get("killed_at")
        if killed_at is None:
            self.last_drain = await self.client.drain(limits)
            return
        await self.world.plan_kill(json.dumps(killed_at))
        try:
            await self.client.drain(limits)
        except phananh.ClientError:
            pass  # what the dying process answers reaches nobody
        self.client = None
        self.last_drain = None
        await self.world.bury()

    async def step_settle(self, _says):
        for _ in range(DRAINS):
            self.last_drain = await self.client.drain(phananh.DrainLimits(pace=phananh.Pace.WAITS))
            if self.last_drain.next_due_at is None:
                return
            await self.world.advance_to(self.last_drain.next_due_at)
        raise Differs(f"still not at rest after {DRAINS} drains")

    async def step_sync(self, _says):
        await self.client.sync()

    async def step_services(self, _says):
        await self.client.fetch_services(json.loads(self.world.profile())["name"])

    async def step_reopen(self, _says):
        self.client = await self.world.open(self.keeper)

    # what must hold

    async def step_expect(self, says):
        status = await self.client.status(self.id(says))
        delivered = isinstance(status.delivery, phananh.Delivery.DELIVERED)
        city = [entry for entry in status.timeline if isinstance(entry, phananh.TimelineEntry.CITY)]
        pending = [word(entry.kind) for entry in status.timeline if isinstance(entry, phananh.TimelineEntry.PENDING)]
        found = {
            "phase": word(status.report.phase),
            "delivery": word(status.delivery),
            "why": status.why and word(status.why.reason),
            "next": status.why and word(status.why.next),
            "attachments_owed": status.delivery.attachments_owed if delivered else None,
            "tracked": status.delivery.tracked if delivered else None,
            "case_status": status.case_status and word(status.case_status),
            "outcome": status.outcome,
            "refused_with": status.refusal and status.refusal.status,
            "pending": pending,
        }
        for what, wanted in says.items():
            if what == "report":
                continue
            if what == "timeline":
                kinds = [entry[0].kind for entry in city]
                left = iter(kinds)
                if not all(kind in left for kind in wanted):
                    raise Differs(f"timeline: expected {wanted!r} in this order, found {kinds!r}")
            elif what == "timeline_says":
                texts = [entry[0].text for entry in city]
                if wanted not in texts:
                    raise Differs(f"timeline_says: expected {wanted!r} in {texts!r}")
            else:
                same(what, wanted, found[what])

    async def step_expect_drain(self, says):
        if self.last_drain is None:
            raise Differs("there was no drain yet")
        for what, wanted in says.items():
            if what == "next_due_in_s":
                due = self.last_drain.next_due_at
                # Towards zero, as Rust divides.
                found = None if due is None else int((due - await self.world.now_ms()) / 1000)
            else:
                found = getattr(self.last_drain, what)
            same(what, wanted, found)

    async def step_fails(self, says):
        ((name, _),) = says["step"].items()
        if name == "fails" or name.startswith("expect") or name in WORLD:
            raise Differs(f"{name!r} inside `fails` is no call of the client")
        try:
            await self.perform(says["step"])
        except phananh.ClientError as error:
            kind = "".join("_" + c.lower() if c.isupper() else c for c in type(error).__name__).lstrip("_")
            same("error", says["error"], kind)
            if says.get("code") is not None:
                problems = getattr(error, "problems", None)
                codes = [getattr(error, "code", None)] if problems is None else [word(p.code) for p in problems]
                if says["code"] not in codes:
                    raise Differs(f"code: expected {says['code']!r}, found {codes!r}") from error
            return
        raise Differs("must be refused, and was not")
