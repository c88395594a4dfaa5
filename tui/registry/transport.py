"""Requests to one registry: credentials, redirects, repetition, and what is said meanwhile.

Authorization goes to the registry's own origin and nowhere else; another host that a redirect leads to is neither
shown it nor answered when it asks for one (CVE-2020-15157).
"""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Final

from tui.domain.notices import Notice, RequestAnswered
from tui.ports.errors import Forbidden, InvalidAnswer, RegistryError
from tui.registry import links
from tui.registry.challenge import Challenge, parse_challenges
from tui.registry.credentials import CredentialSource
from tui.registry.endpoint import Endpoint
from tui.registry.failures import failure_of_answer
from tui.registry.limits import ERROR_LIMIT, Limits, Timing
from tui.registry.pace import Paces
from tui.registry.reply import Reply
from tui.registry.request import Answer, Request
from tui.registry.retry import RETRIED, Again, Retrier, retry_after
from tui.registry.roles import rights_missing
from tui.registry.tokens import Tokens
from tui.registry.urls import RefusedUrl, Url
from tui.registry.warnings import Warnings
from tui.registry.whoami import Whoami
from tui.registry.wire import Wire

_MOST_REDIRECTS: Final = 5


class Transport:
    """Everything that the verbs of a registry have in common."""

    def __init__(
        self,
        endpoint: Endpoint,
        credentials: CredentialSource,
        observe: Callable[[Notice], None],
        limits: Limits,
        timing: Timing,
    ) -> None:
        self.endpoint = endpoint
        self.root = endpoint.root
        self.limits = limits
        self.timing = timing
        self.retrier = Retrier(limits, timing, observe)
        self.warnings = Warnings(endpoint.host, observe)
        self._observe = observe
        self._wire = Wire(endpoint, limits)
        self._tokens = Tokens(endpoint, credentials, self._call_plainly, timing)
        self._whoami = Whoami(endpoint, self._tokens, self.call)
        self._paces = Paces(endpoint.host, limits, timing, observe)

    async def call(self, request: Request) -> Answer:
        """The answer to `request`, read whole. Raises RegistryError where it is not one of those expected."""
        return await self.retrier.run(lambda: self._call(request))

    @asynccontextmanager
    async def open(self, request: Request) -> AsyncGenerator[Reply, None]:
        """The answer to `request` with its body still to come. Raises RegistryError where it is not as expected."""
        reply = await self.retrier.run(lambda: self._open(request))
        try:
            yield reply
        finally:
            reply.close()

    async def identity(self) -> str:
        """Who the registry takes this client for; empty for nobody. Raises RegistryError."""
        return await self._whoami.identity()

    def refuse(self, operation: str, detail: str) -> InvalidAnswer:
        """The error for an answer that breaks the protocol."""
        return InvalidAnswer(operation, self.endpoint.host, self._tokens.secrets.redact(detail))

    def failure(self, request: Request, answer: Answer) -> RegistryError | Again:
        """The error that `answer` amounts to, as Again where a later try may succeed."""
        final = failure_of_answer(request, answer, self.endpoint.host, self._tokens.secrets)
        if answer.status not in RETRIED:
            return final
        after = retry_after(answer.header("Retry-After"), self.timing.now())
        if answer.status != 429 or answer.is_elsewhere or (after or 0.0) > self.limits.longest_wait:
            return Again(final, after)
        return final if self._paces.of(request).is_hopeless else Again(final, after, is_paced=True)

    async def close(self) -> None:
        """Closes all connections, for good. What is still asked fails, and that is told to nobody."""
        self.retrier.end()
        await self._tokens.close()
        await self._wire.close()

    async def attempt(self, request: Request) -> Answer:
        """One try of a request whose body cannot be sent again. Raises Again where a try with another could succeed.

        It takes no slot: two streams that wait for each other must not starve a third request.
        """
        return await self._read(request, await self._authorised(request))

    async def _call(self, request: Request) -> Answer:
        async with self._paces.slot(request):
            reply = await self._authorised(request)
            return await self._read(request, reply)

    async def _call_plainly(self, request: Request) -> Answer:
        """For the token service: no credentials of ours are added, and no redirect is followed."""

        async def attempt() -> Answer:
            return await self._read(request, await self._send(request, request.url, {}))

        return await self.retrier.run(attempt)

    async def _open(self, request: Request) -> Reply:
        reply = await self._authorised(request)
        if reply.status in request.expected:
            return reply
        await self._read(request, reply)
        raise self.refuse(request.operation, f"it answers {reply.status}")

    async def _read(self, request: Request, reply: Reply) -> Answer:
        """The answer, its body read. Raises the error that it amounts to where it is not one of those expected."""
        try:
            is_good = reply.status in request.expected
            body = await (reply.read(request.limit) if is_good else reply.read_start(ERROR_LIMIT))
            answer = Answer(reply.status, reply.headers, body, reply.url, reply.is_elsewhere)
        finally:
            reply.close()
        if not is_good:
            raise self.failure(request, answer)
        return answer

    async def _authorised(self, request: Request) -> Reply:
        """The answer with the credentials it takes; one challenge is answered, if the request can be sent again."""
        authorization, reply = await self._ask(request)
        challenges = _challenges_in(reply)
        if not challenges:
            return reply
        if not request.is_repeatable:
            self._tokens.refuse(authorization)
            return reply
        try:
            await reply.read_start(ERROR_LIMIT)  # to its end, so that the connection serves again
        finally:
            reply.close()
        renewed = await self._tokens.answer(request, challenges, authorization)
        reply = await self._follow(request, renewed)
        if reply.status == 401 and not reply.is_elsewhere and renewed.startswith("Basic "):
            reply.close()
            await self._tokens.answer(request, challenges, renewed)  # says that they are not taken
        if reply.status == 401 and not reply.is_elsewhere and self.endpoint.is_trusted_by_azure:
            reply.close()
            raise Forbidden(request.operation, self.endpoint.host, rights_missing(request.scopes))
        return reply

    async def _ask(self, request: Request) -> tuple[str | None, Reply]:
        """The first answer, and the Authorization that it was asked with. The first of its kind goes alone."""
        lead = await self._tokens.lead(request)
        if lead is None:
            authorization = await self._tokens.ready(request)
            return authorization, await self._follow(request, authorization)
        try:
            reply = await self._follow(request, None)
            self._tokens.meet(request, _challenges_in(reply))
            return None, reply
        finally:
            lead.release()

    async def _follow(self, request: Request, authorization: str | None) -> Reply:
        """The answer at the end of all redirects. Only reads are redirected."""
        url, headers = request.url, {"Authorization": authorization} if authorization else {}
        for _ in range(_MOST_REDIRECTS):
            if url.origin != self.root.origin:
                headers = {}  # and they stay away, should it lead back
            reply = await self._send(request, url, headers)
            if reply.status not in links.REDIRECTS or request.method not in {"GET", "HEAD"}:
                return reply
            url = self._redirected(request, reply)
            reply.close()
        raise self.refuse(request.operation, "it redirects in circles")

    def _redirected(self, request: Request, reply: Reply) -> Url:
        try:
            return links.redirected(reply.headers.get("Location"), reply.url, self.root)
        except RefusedUrl as error:
            reply.close()
            raise self.refuse(request.operation, f"it redirects to {error}") from None

    async def _send(self, request: Request, url: Url, headers: dict[str, str]) -> Reply:
        """The answer to one request; those to the registry itself keep its pace."""
        if url.origin != self.root.origin and not request.is_for_token:
            return await self._send_at_once(request, url, headers)
        pace = self._paces.of(request)
        sent_at = await pace.enter()
        try:
            reply = await self._send_at_once(request, url, headers)
        except Again:
            pace.overtaxed(sent_at)
            raise
        if reply.status == 503:
            pace.overtaxed(sent_at)
        if reply.status == 429:
            asked = retry_after(reply.headers.text("Retry-After"), self.timing.now())
            pace.refused(request.operation, sent_at, asked)
        else:
            pace.answered(sent_at)
        return reply

    async def _send_at_once(self, request: Request, url: Url, headers: dict[str, str]) -> Reply:
        started = self.timing.monotonic()
        reply = await self._wire.send(request, url, headers)
        if not request.is_for_token:  # its service may be another host, and says nothing of how the registry fares
            self._observe(RequestAnswered(self.endpoint.host, self.timing.monotonic() - started))
        self.warnings.tell(reply.headers.all("Warning"), self._tokens.secrets)
        return reply


def _challenges_in(reply: Reply) -> tuple[Challenge, ...]:
    """What the registry itself wants before it answers; empty where it did answer, or is not heard on this."""
    if reply.status != 401 or reply.is_elsewhere:
        return ()
    return parse_challenges(reply.headers.all("WWW-Authenticate"))
