"""Recognises videos that may be interlaced, by their headers.

The pictures of interlaced video are woven from two halves, taken one after the other, which are
called fields. OpenCV 4.13 and later cannot convert them: their pictures are left-over memory.
"""

from __future__ import annotations

_FRAMES_ONLY = {
    *("vp6f", "vp60", "vp61", "vp62", "vp80", "vp90", "vp08", "vp09", "av01", "theo"),
    *("gif ", "png ", "mpng", "webp", "mjpg", "jpeg", "flv1", "h263", "s263", "cvid"),
    *("div3", "mp42", "mp43", "wmv1", "wmv2"),
}
"""Codecs without fields, by their four letters in lower case."""

_HIGH_PROFILES = (100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135)  # of H.264
_SPS = 7  # H.264's sequence parameter set
_HEVC_SETS = (32, 33)  # H.265's video and sequence parameter sets


def may_be_interlaced(codec: str, header: bytes) -> bool | None:
    """Returns whether a video's headers allow for interlaced pictures.

    Args:
        codec: Four letters.
        header: What the container says about the codec, the "extra data" of FFmpeg; may be empty.

    Returns:
        None if that cannot be told.
    """
    try:
        allowed = _by_header(header)
    except IndexError:  # it ends too early
        allowed = None
    if allowed is None and codec.lower() in _FRAMES_ONLY:
        return False
    return allowed


def _by_header(header: bytes) -> bool | None:
    if header.startswith(b"\1") and len(header) > 8:
        if header[4] >= 0xFC and header[8] & 0x1F == _SPS:  # avcC of MP4
            return _h264(header[9:])
        return _h265(header[1:])  # hvcC
    for kind, content in _start_codes(header):
        if kind == 0xB3:  # MPEG-1 and MPEG-2: a sequence
            return _mpeg2(header)
        if 0x20 <= kind <= 0x2F and _is_mpeg4(header):
            return _mpeg4(content)
        if kind & 0x9F == _SPS:
            return _h264(content)
        if kind & 0x81 == 0 and kind >> 1 in _HEVC_SETS:
            start = 2 if kind >> 1 == _HEVC_SETS[1] else 5
            return _h265(_unescaped(content)[start:])
    return None


def _start_codes(header: bytes) -> list[tuple[int, bytes]]:
    """Splits what begins with the bytes 0, 0, 1 and a kind."""
    return [(part[0], part[1:]) for part in header.split(b"\0\0\1")[1:] if part]


def _unescaped(content: bytes) -> bytes:
    return content.replace(b"\0\0\3", b"\0\0")


class _Bits:
    """Reads bits, the highest of a byte first.

    Raises:
        IndexError: There are no more.
    """

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._position = 0

    def flag(self) -> bool:
        byte, bit = divmod(self._position, 8)
        self._position += 1
        return bool(self._content[byte] >> (7 - bit) & 1)

    def number(self, bits: int) -> int:
        value = 0
        for _ in range(bits):
            value = value << 1 | self.flag()
        return value

    def golomb(self) -> int:
        """Returns an unsigned number in Exp-Golomb code."""
        zeros = 0
        while not self.flag():
            zeros += 1
        return (1 << zeros) - 1 + self.number(zeros)

    def signed_golomb(self) -> int:
        value = self.golomb()
        return (value + 1) // 2 if value % 2 else -(value // 2)


def _h264(content: bytes) -> bool:
    """Reads a sequence parameter set up to ``frame_mbs_only_flag`` (ITU-T H.264, 7.3.2.1.1)."""
    bits = _Bits(_unescaped(content))
    profile = bits.number(8)
    bits.number(16)  # constraints, level
    bits.golomb()  # number of the set
    if profile in _HIGH_PROFILES:
        lists = 8
        if bits.golomb() == 3:  # 4:4:4
            bits.flag()
            lists = 12
        bits.golomb(), bits.golomb(), bits.flag()  # depths, bypass
        if bits.flag():
            for number in range(lists):
                if bits.flag():
                    _skip_scaling_list(bits, 16 if number < 6 else 64)
    bits.golomb()  # length of frame numbers
    order = bits.golomb()
    if order == 0:
        bits.golomb()
    elif order == 1:
        bits.flag(), bits.golomb(), bits.golomb()
        for _ in range(bits.golomb()):
            bits.golomb()
    bits.golomb(), bits.flag(), bits.golomb(), bits.golomb()  # references, gaps, width, height
    return not bits.flag()


def _skip_scaling_list(bits: _Bits, size: int) -> None:
    last = following = 8
    for _ in range(size):
        if following:
            following = (last + bits.signed_golomb()) % 256
        last = following or last


def _h265(content: bytes) -> bool | None:
    """Reads what a profile says about its source (ITU-T H.265, 7.3.3).

    Args:
        content: From the byte of the profile on.
    """
    progressive, interlaced = content[5] & 0x80, content[5] & 0x40
    if interlaced:
        return True
    return False if progressive else None


def _mpeg2(header: bytes) -> bool:
    """Reads the sequence's extension, which MPEG-1 has not (ITU-T H.262, 6.2.2.3)."""
    for kind, content in _start_codes(header):
        if kind == 0xB5 and content[0] >> 4 == 1:
            return not content[1] & 0x08
    return False


def _is_mpeg4(header: bytes) -> bool:
    """Returns whether the start codes are MPEG-4's; 0x27 would be a parameter set in H.264."""
    kinds = [kind for kind, _ in _start_codes(header)]
    return any(kind in (0xB0, 0xB2, 0xB5, 0xB6) for kind in kinds) or min(kinds) < 0x20


def _mpeg4(content: bytes) -> bool:
    """Reads a video object layer up to ``interlaced`` (ISO/IEC 14496-2, 6.2.3)."""
    bits = _Bits(content)
    bits.number(9)  # random access, type
    version = 1
    if bits.flag():
        version = bits.number(4)
        bits.number(3)
    if bits.number(4) == 15:  # the ratio of a pixel's sides
        bits.number(16)
    if bits.flag():  # control
        bits.number(3)
        if bits.flag():
            bits.number(79)
    shape = bits.number(2)
    if shape == 3 and version != 1:
        bits.number(4)
    bits.flag()
    resolution = bits.number(16)  # of time
    bits.flag()
    if bits.flag():
        bits.number(max(1, (resolution - 1).bit_length()))
    if shape == 0:
        bits.number(29)  # width, height
    return bits.flag()
