"""Dead letters: messages that could not be handled, kept for a person to look at."""

from mycelium.deadletters.folder import FolderDeadLetters
from mycelium.deadletters.letter import (
    DeadLetter,
    DeadLetters,
    MemoryDeadLetters,
    error_text,
    text_of,
)
from mycelium.deadletters.reading import (
    DeadLetterFile,
    LetterBox,
    LettersInUseError,
    StoredLetter,
    boxes_of,
)

__all__ = [
    "DeadLetter",
    "DeadLetterFile",
    "DeadLetters",
    "FolderDeadLetters",
    "LetterBox",
    "LettersInUseError",
    "MemoryDeadLetters",
    "StoredLetter",
    "boxes_of",
    "error_text",
    "text_of",
]
