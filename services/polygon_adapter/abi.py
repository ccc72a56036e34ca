"""Words of the Ethereum contract ABI, read strictly.

Every value of the events here takes one 32-byte big-endian word
(https://docs.soliditylang.org/en/latest/abi-spec.html); the bits that its type does not use have to
be what padding or sign extension puts there.
"""

from __future__ import annotations

from dataclasses import dataclass

from services.polygon_adapter.logs import Log, MalformedLogError

WORD = 32


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a log: its topics after the event's hash, and its data."""

    topics: tuple[bytes, ...]
    data: bytes

    @classmethod
    def of(cls, log: Log, *, indexed: int, plain: int) -> Words:
        """The log's words, as many as the event has.

        Raises:
            MalformedLogError: another number of topics or bytes
        """
        if len(log.topics) != indexed + 1:
            raise MalformedLogError("topics", f"{indexed + 1} topics", f"{len(log.topics)} topics")
        if len(log.data) != plain * WORD:
            raise MalformedLogError("data", f"{plain * WORD} bytes", f"{len(log.data)} bytes")
        return cls(log.topics[1:], log.data)

    def indexed(self, index: int, name: str) -> Word:
        """The event's indexed argument, counted from 0."""
        return Word(f"topics[{index + 1}] ({name})", self.topics[index])

    def plain(self, index: int, name: str) -> Word:
        """The event's argument that stands in the data, counted from 0."""
        return Word(f"data[{index}] ({name})", self.data[index * WORD : (index + 1) * WORD])


@dataclass(frozen=True, slots=True)
class Word:
    """One word, and what to call it in an error."""

    part: str
    word: bytes

    def address(self) -> bytes:
        """The address that it holds."""
        if any(self.word[:12]):
            raise MalformedLogError(self.part, "an address behind 12 zero bytes", self._hex)
        return self.word[12:]

    def unsigned(self, bits: int) -> int:
        """The unsigned integer of ``bits`` bits that it holds."""
        number = int.from_bytes(self.word)
        if number >> bits:
            raise MalformedLogError(self.part, f"a uint{bits}", self._hex)
        return number

    def signed(self, bits: int) -> int:
        """The signed integer of ``bits`` bits that it holds, sign-extended."""
        number = int.from_bytes(self.word, signed=True)
        if not -(1 << (bits - 1)) <= number < 1 << (bits - 1):
            raise MalformedLogError(self.part, f"a sign-extended int{bits}", self._hex)
        return number

    @property
    def _hex(self) -> str:
        return f"0x{self.word.hex()}"
