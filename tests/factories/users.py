import factory
from allauth.account.models import EmailAddress
from factory.django import DjangoModelFactory

from users.models import Notification, User
from users.models.notification import NotificationCategory

PASSWORD = "a-long-enough-secret"


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"person{n}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.com")
    password = factory.django.Password(PASSWORD)

    @factory.post_generation
    def verified(self, create, extracted, **kwargs):
        if extracted is not False:
            EmailAddress.objects.create(user=self, email=self.email, verified=True, primary=True)


class NotificationFactory(DjangoModelFactory):
    class Meta:
        model = Notification

    user = factory.SubFactory(UserFactory)
    category = NotificationCategory.WORKOUTS
    kind = "reminder"
    text = "Time to train."
