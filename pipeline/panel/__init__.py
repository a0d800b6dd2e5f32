"""The control room: what people and devices see of a program on air, and what they press.

A FastAPI app around the event's line; `server.serving_panel` opens it. Knows air only by its socket, its
journal and its program log.
"""
