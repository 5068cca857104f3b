"""Why a file, or a part of one, cannot be taken. Codes are for machines, sentences for people."""

from typing import Final

SENTENCES: Final = {
    "empty": "The file is empty.",
    "unknown_format": "This is no FIT, TCX, GPX, Apple Health or zip file.",
    "not_fit": "This is no FIT file.",
    "bad_header": "A part of the FIT file does not begin as one.",
    "bad_checksum": "The file's checksum is wrong: it was damaged on its way.",
    "truncated": "The file ends too early.",
    "unreadable": "The file is damaged.",
    "bad_xml": "The file is no well-formed XML.",
    "wrong_document": "This is XML of another kind than its name says.",
    "entities": "The file declares entities, which no recording does.",
    "external_dtd": "The file refers to another one, which is never fetched.",
    "encoding": "The file's encoding is not one of those that recordings have.",
    "too_deep": "The file is nested too deeply.",
    "long_token": "A part of the file is too long.",
    "no_times": "Its points have no times.",
    "nothing_to_import": "There is nothing in it that can be imported.",
    "too_large": "It is too large.",
    "too_many": "It has too many parts.",
    "bad_archive": "The archive is damaged.",
    "encrypted": "The archive is encrypted.",
    "zip_bomb": "It unpacks to far more than a recording would.",
    "unsafe_path": "The archive has a path that leads out of it.",
    "symlink": "The archive has a link in it.",
    "took_too_long": "Reading it took too long.",
    "too_much_memory": "Reading it took too much memory.",
}


class FileRefused(Exception):
    """``code`` is one of SENTENCES."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code if code in SENTENCES else "unreadable"

    @property
    def sentence(self) -> str:
        return SENTENCES[self.code]
