#!/usr/bin/env python3
"""Takes a city's figures again from its public events, and compares.

    recompute.py URL [--from DATE] [--to DATE] [--zone-hours 7]

Reads `statistics.json` of the city at URL, then every event of `feed/events.json` up to the number that the figures
name, counts by the definitions of docs/extensions.md (definition version 1) and prints one line a metric. Exit code: 0
when all are equal, 1 when a figure differs, 2 when the city counts by another definition or cannot be read.

Needs nothing but Python's standard library, and shares nothing with the city: only the text of the definitions.
"""

import argparse
import json
import sys
import urllib.request
from datetime import date, datetime, timedelta, timezone

STATES = {
    "submitted", "received", "verifying", "assigned", "in_progress", "extended", "transferred", "waiting_citizen",
    "resolved", "closed", "closed_unresolved", "rejected", "duplicate", "reopened", "withdrawn",
}


def read(base, path):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"{base}/{path}", timeout=120) as answer:
        return json.load(answer)


def timelines(base, up_to):
    """Public events by case, each list in the order of its `seq`."""
    cases, after = {}, 0
    while True:
        page = read(base, f"feed/events.json?after={after}")
        for event in page["events"]:
            if event["n"] <= up_to:
                cases.setdefault(event["service_request_id"], []).append(event)
        if not page["events"] or page["next"] >= up_to:
            break
        after = page["next"]
    for events in cases.values():
        events.sort(key=lambda event: event["seq"])
    return cases


def moment(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def last(events, kind):
    """Place of the last event of this kind, or None."""
    places = [place for place, event in enumerate(events) if event["kind"] == kind]
    return places[-1] if places else None


def first(events, kind):
    places = [place for place, event in enumerate(events) if event["kind"] == kind]
    return places[0] if places else None


def answers(events):
    """What one case says to each question: True, False, or None where it is not asked."""
    said = dict.fromkeys(("received", "taken_in", "resolved", "extended", "rejected"), False)
    said.update(dict.fromkeys(("fixed", "on_time", "reopened", "rated", "satisfied")))
    said["received"] = True
    filed = first(events, "submitted")
    of_city = [event for event in events[filed + 1:] if event["actor"]["type"] != "citizen"]
    said["taken_in"] = bool(of_city) and of_city[0]["kind"] not in ("rejected", "duplicate")
    said["extended"] = last(events, "extended") is not None
    states = [event["kind"] for event in events if event["kind"] in STATES]
    said["rejected"] = states[-1] == "rejected"

    result, again = last(events, "resolved"), last(events, "reopened")
    said["resolved"] = result is not None and (again is None or again < result)
    if said["resolved"]:
        said["fixed"] = events[result]["outcome"] == "fixed"
        dues = [event["due_at"] for event in events[:result] if event["due_at"]]
        if dues:
            said["on_time"] = moment(events[result]["at"]) <= moment(dues[-1])
    begin = first(events, "resolved")
    if begin is not None:
        later = events[begin + 1:]
        said["reopened"] = any(event["kind"] == "reopened" for event in later)
        ratings = [event["rating"] for event in later if event["kind"] == "rating" and event["rating"]]
        said["rated"] = bool(ratings)
        if ratings:
            said["satisfied"] = ratings[-1] in ("satisfied", "acceptable")
    return said


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("url")
    arguments.add_argument("--from", dest="begin")
    arguments.add_argument("--to", dest="end")
    arguments.add_argument("--zone-hours", type=int, default=7)
    given = arguments.parse_args()

    base = given.url.rstrip("/")
    period = "&".join(f"{name}={day}" for name, day in (("from", given.begin), ("to", given.end)) if day)
    told = read(base, f"statistics.json?{period}")
    if told["definition_version"] != 1:
        print(f"definition version {told['definition_version']} is not known here", file=sys.stderr)
        return 2
    zone = timezone(timedelta(hours=given.zone_hours))
    begin, end = date.fromisoformat(told["from"]), date.fromisoformat(told["to"])

    counted = []
    for events in timelines(base, told["events_n"]).values():
        filed = first(events, "submitted")
        if filed is not None and begin <= moment(events[filed]["at"]).astimezone(zone).date() <= end:
            counted.append(answers(events))
    differ = False
    for figure in told["figures"]:
        asked = [case[figure["metric"]] for case in counted if case[figure["metric"]] is not None]
        denominator = None if figure["metric"] == "received" else len(asked)
        mine = (sum(asked), denominator)
        same = mine == (figure["numerator"], figure["denominator"])
        differ = differ or not same
        verdict = "" if same else f"  DIFFERS: the city says {figure['numerator']} of {figure['denominator']}"
        print(f"{figure['metric']}: {mine[0]} of {mine[1]}{verdict}")
    print(f"{len(counted)} cases, events up to {told['events_n']}, as of {told['as_of']}")
    return 1 if differ else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, ValueError, KeyError) as trouble:
        print(f"the city cannot be read: {trouble!r}", file=sys.stderr)
        sys.exit(2)
