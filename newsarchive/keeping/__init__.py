"""How long what is archived is kept: legal holds, and retention. A hold beats everything that would take away."""
