from django.contrib.admin.apps import AdminConfig


class NumeneonAdminConfig(AdminConfig):
    default_site = "config.admin.NumeneonAdminSite"
