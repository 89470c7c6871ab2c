"""What Tenor promises beyond its OpenAPI document, checked at every answer that Schemathesis gets."""

import os

import schemathesis
from schemathesis import GenerationMode

# What the caller sends as Authorization, whether that is a token of ours, and the permissions that its role holds.
AUTHORIZATION = os.environ["FUZZ_AUTHORIZATION"]
HAS_TOKEN = os.environ["FUZZ_HAS_TOKEN"] == "true"
HELD = set(os.environ["FUZZ_PERMISSIONS"].split(","))

# The only faults for which a request that fits the schema may be answered 400, each with the reason why no schema
# can tell it. A 422 is a refusal of the business and depends on what is in the books.
BEYOND_THE_SCHEMA = {
    "alone": "`offers` stands beside nothing else; said in its description",
    "cursor": "opaque; only a cursor that the same list gave is one",
    "duplicate": "holidays of one date, whatever they are called",
    "enum": "the providers that a `method` may name are configuration",
    "not_positive": "an amount may be zero in the decimals that its currency has",
    "required": "one of several fields, or one that other fields make necessary",
    "sum": "allocations sum to the amount, disbursements to the principal",
    "too_large": "how many digits fit depends on the currency beside it",
    "too_many_decimals": "how many decimals an amount may have depends on the currency beside it",
    "unknown_currency": "three letters that are no active ISO 4217 currency",
}

# Parts that Schemathesis makes without regard to the schema, so that "fits the schema" does not hold for them.
MADE_REGARDLESS = {
    "/headers/if-match": "its entity tags come from a generator of its own, which knows no pattern",
}


@schemathesis.check
def the_caller_gets_what_its_role_may(ctx, response, case):
    permission = case.operation.definition.raw.get("x-permission")
    status = response.status_code
    if is_not_the_operation(response, case):
        return
    # Schemathesis leaves the header out of some requests, or sends one of its own.
    is_caller = response.request.headers.get("Authorization", "") == AUTHORIZATION
    if permission in (None, "public") or (is_caller and permission in HELD):
        assert status not in (401, 403), f"{permission} is held, but answered {status}"
    elif permission == "signed":
        assert status not in (200, 403), f"no caller here can sign, but answered {status}"
    elif is_caller and HAS_TOKEN:
        assert status == 403, f"{permission} is not held, but answered {status}"
    else:
        assert status == 401, f"{permission} asks for a token, but answered {status}"


@schemathesis.check
def a_fitting_request_is_refused_only_beyond_the_schema(ctx, response, case):
    if case.meta is None or case.meta.generation.mode != GenerationMode.POSITIVE or response.status_code != 400:
        return
    problem = response.json()
    faults = problem.get("errors", [problem])
    codes = [fault["code"] for fault in faults if fault.get("pointer") not in MADE_REGARDLESS]
    unargued = sorted(set(codes) - set(BEYOND_THE_SCHEMA))
    assert not unargued, f"fits the schema, but refused for {', '.join(unargued)}: {problem['detail']}"


def is_not_the_operation(response, case):
    """A method that the path lacks, and a path that no longer matches, are refused before anybody asks who calls."""
    was_changed = case.method.upper() != case.operation.method.upper() or "path" in negative_parts(case)
    return response.status_code == 405 or (was_changed and response.status_code in (400, 404, 414))


def negative_parts(case):
    if case.meta is None:
        return set()
    return {where.value for where, part in case.meta.components.items() if part.mode == GenerationMode.NEGATIVE}
