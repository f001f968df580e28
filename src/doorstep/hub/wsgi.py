"""The door for the web server: whoever comes finds the plans open."""

from threading import Thread

from django.core.wsgi import get_wsgi_application

from doorstep.hub.scheduling.tasks import warm_up

application = get_wsgi_application()
Thread(target=warm_up, name="warm-up", daemon=True).start()
