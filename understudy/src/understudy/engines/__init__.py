"""The models behind the services; they know nothing about AWS."""
