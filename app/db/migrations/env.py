"""Alembic's entry: it runs the steps on the connection that it is handed, inside that transaction."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=False)
context.run_migrations()
