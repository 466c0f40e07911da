"""Where others in the room can reach this machine: its own addresses, found without asking anybody."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import struct
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass

ANYWHERE = ("", "0.0.0.0", "::")
# A datagram socket that is "connected" sends nothing: the system only chooses the address it would send from. These lead
# into the private networks of a room and, the last, to a block that is kept for documents, so to the usual way out.
_TOWARDS = ("192.168.255.254", "10.255.255.254", "172.31.255.254", "192.0.2.1")
# Networks between programs of one machine, which no phone can reach.
_WITHIN = ("lo", "docker", "br-", "veth", "virbr", "vmnet", "vboxnet")
_ASK_ADDRESS = {"linux": 0x8915, "darwin": 0xC0206921}  # SIOCGIFADDR


@dataclass(frozen=True)
class Reach:
    """What others type to get here.

    Attributes:
        link: begins an address, as "http://192.168.1.20:8080". others: further links, if there are several networks.
        by_others: can another machine reach it? words: what to say of it.
    """

    link: str
    by_others: bool
    words: str
    others: tuple[str, ...] = ()


def own_addresses(
    chosen: Callable[[str], str | None] | None = None, listed: Callable[[], Iterable[str]] | None = None
) -> list[str]:
    """IPv4 addresses of this machine that others may reach, the likeliest first; empty without a network.

    Args:
        chosen: the address that is used towards another. listed: those of the network interfaces. Both for tests.
    """
    found = [(chosen or _used_towards)(target) for target in _TOWARDS]
    found += [*(listed or _of_interfaces)()]
    usable = [text for text in dict.fromkeys(found) if text and _is_usable(text)]
    return sorted(usable, key=lambda text: not ipaddress.ip_address(text).is_private)


def reach(host: str, port: int, addresses: Iterable[str] | None = None) -> Reach:
    """How a server that listens on `host` and `port` is reached.

    Args:
        addresses: this machine's own, if known.
    """
    if host not in ANYWHERE:
        link = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        if _is_loopback(host):
            words = "Only this machine can open this link. Start persim app with --host 0.0.0.0 for others in the room."
            return Reach(link, False, words)
        return Reach(link, True, "For everybody in the same network.")
    links = [f"http://{address}:{port}" for address in (own_addresses() if addresses is None else addresses)]
    if not links:
        words = "This machine has no network just now, so only itself can open this link."
        return Reach(f"http://127.0.0.1:{port}", False, words)
    return Reach(links[0], True, "For everybody in the same network.", tuple(links[1:]))


def _is_usable(text: str) -> bool:
    address = ipaddress.ip_address(text)
    return not (address.is_loopback or address.is_link_local or address.is_unspecified or address.is_multicast)


def _is_loopback(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _used_towards(target: str) -> str | None:
    """The address from which this machine would send to another; nothing is sent. None if no way leads there."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            asked.connect((target, 9))
            return str(asked.getsockname()[0])
        except OSError:
            return None


def _of_interfaces() -> list[str]:
    """The address of each network interface, where the system tells it."""
    code = _ASK_ADDRESS.get(sys.platform)
    if code is None or not hasattr(socket, "if_nameindex"):
        return []
    import fcntl

    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        for _, name in socket.if_nameindex():
            if name.startswith(_WITHIN):
                continue
            with contextlib.suppress(OSError):  # an interface without an address
                told = fcntl.ioctl(asked.fileno(), code, struct.pack("256s", name[:15].encode()))
                found.append(socket.inet_ntoa(told[20:24]))
    return found
