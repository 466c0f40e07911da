"""The seminar's page: dials, a film of one service, two worlds, stories, lessons, a class, and a file to take along.

The server knows nothing of its visitors: every request carries its settings, so that thirty of them cannot disturb each
other, and an address holds all there is to keep. Read `settings` (what may be asked), `dials`, `curves` and `films` (what
is computed), `pool` (by whose turn), `server` (routes) and `guard` (what is refused). What runs in the browser lies in
`static`, pages in `pages`.
"""
