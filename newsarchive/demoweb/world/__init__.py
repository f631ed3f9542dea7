"""A world of invented outlets: who publishes and edits what and when over months, all from one seed."""
