"""The way through: refresh and publish. The only modules that name two rooms.

Nothing is gathered here: a worker that reads documents would get the store and the client along with it.
"""
