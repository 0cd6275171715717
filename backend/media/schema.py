"""The upload endpoints in the API schema: they are a raw ASGI application that no generator sees."""

from collections.abc import Sequence
from typing import Any

REFUSALS = {
    "400": "A header or the metadata cannot be understood.",
    "401": "Not signed in.",
    "403": "No such evidence is in custody for this person.",
    "404": "No such upload for this person.",
    "408": "The sender fell silent; what arrived is kept.",
    "409": "The offset is not where the upload stands.",
    "410": "The upload has expired; create a new one.",
    "412": "Not tus 1.0.0.",
    "413": "Over 64 MB.",
    "415": "Not an accepted type, or not application/offset+octet-stream.",
    "423": "Another request is writing.",
    "429": "Over a quota of this person (unfinished uploads, bytes of a day), or a device that begins without end.",
    "460": "A checksum differs, or the whole is not what the evidence declared.",
    "503": "The store of files does not answer; go on later from where the upload stands.",
    "507": "The disk is full; go on later from where the upload stands.",
}
"""Every status an upload can be refused with (protocol, Uploads)."""

ON_CREATION = ("400", "401", "403", "412", "413", "415", "429", "460", "503", "507")
ON_UPLOAD = ("401", "404", "410", "412", "423", "503")
ON_PIECE = ("400", "401", "404", "408", "409", "410", "412", "413", "415", "423", "460", "503", "507")

PATH = "/api/v1/uploads/"

RESUMABLE = {"name": "Tus-Resumable", "in": "header", "required": True, "schema": {"type": "string", "enum": ["1.0.0"]}}
OFFSETS = ("Upload-Length", "Upload-Offset")
UPLOAD_ID = {"name": "upload_id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}


def header(name: str, kind: str, about: str, *, required: bool = True) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": required, "description": about, "schema": {"type": kind}}


def add_uploads(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """drf-spectacular's hook: tus 1.0.0 at `/api/v1/uploads/` (protocol, Uploads)."""
    result["paths"][PATH] = {"options": _options(), "post": _create()}
    result["paths"][f"{PATH}{{upload_id}}"] = {
        "head": _operation("offset", "Where the upload stands.", [UPLOAD_ID, RESUMABLE], "200", OFFSETS, ON_UPLOAD),
        "patch": _append(),
        "delete": _operation("end", "Give the upload up.", [UPLOAD_ID, RESUMABLE], "204", (), ON_UPLOAD),
    }
    result["paths"] = dict(sorted(result["paths"].items()))
    return result


def _options() -> dict[str, Any]:
    told = ("Tus-Checksum-Algorithm", "Tus-Extension", "Tus-Max-Size", "Tus-Version")
    about = "What the server can do: creation, creation-with-upload, expiration, checksum, termination."
    return {**_operation("options", about, [], "204", told, ()), "security": []}


def _create() -> dict[str, Any]:
    metadata = "`evidence`, `sha256`, `filetype`, each with a base64 value (tus, Upload-Metadata)."
    headers = [
        RESUMABLE,
        header("Upload-Length", "integer", "Bytes, at most 64 MB."),
        header("Upload-Metadata", "string", metadata),
    ]
    about, told = "Begin the upload of evidence in custody.", ("Location", "Upload-Expires")
    operation = _operation("create", about, headers, "201", told, ON_CREATION)
    return operation | {"requestBody": _bytes(required=False)}


def _append() -> dict[str, Any]:
    checksum = "`sha1` or `sha256`, a space, the base64 of the checksum of this piece."
    headers = [
        UPLOAD_ID,
        RESUMABLE,
        header("Upload-Offset", "integer", "Where this piece begins; it must be where the upload stands."),
        header("Upload-Checksum", "string", checksum, required=False),
    ]
    about = "Send the next piece; with the last byte the whole is verified."
    operation = _operation("append", about, headers, "204", ("Upload-Offset",), ON_PIECE)
    return operation | {"requestBody": _bytes(required=True)}


def _bytes(*, required: bool) -> dict[str, Any]:
    content = {"application/offset+octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    return {"required": required, "content": content}


def _operation(
    name: str, about: str, parameters: list[Any], status: str, told: Sequence[str], refusals: Sequence[str]
) -> dict[str, Any]:
    headers = {each: {"schema": {"type": "string"}} for each in told}
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    answers: dict[str, Any] = {status: {"description": "Done.", "headers": headers}}
    answers |= {code: {"description": REFUSALS[code], "content": problem} for code in refusals}
    return {
        "operationId": f"uploads_{name}",
        "description": about,
        "parameters": parameters,
        "tags": ["media"],
        "security": [{"bearer": []}],
        "responses": answers,
    }
