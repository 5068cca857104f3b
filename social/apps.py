from django.apps import AppConfig


class SocialConfig(AppConfig):
    name = "social"

    def ready(self) -> None:
        from social import receivers  # noqa: F401 - listening is its use
        from social.selectors import people
        from users import connections, personal_data

        connections.provide(
            connections.Connections(
                hidden_from=people.hidden_from,
                silenced_for=people.silenced_for,
                is_follower=people.is_follower,
            )
        )
        personal_data.before_erasure(
            "social.services.farewell.take_leave", touches="social.services.farewell.touched"
        )
        self._register_personal_data()
        self._register_health_values()
        self._register_synced_resources()

    def _register_personal_data(self) -> None:
        from users import personal_data
        from users.personal_data import PersonalData

        personal_data.register(
            PersonalData("social.SocialFollow", "follows", owner="follower"),
            PersonalData("social.FollowRequest", "follow_requests", owner="follower"),
            PersonalData("social.FriendRequest", "friend_requests", owner="from_user"),
            PersonalData("social.Friendship", "friendships"),
            PersonalData("social.Block", "blocks"),
            PersonalData("social.Mute", "mutes"),
            PersonalData("social.AuthorFeed", None),
            # Others stay in it: it is handed over, not erased.
            PersonalData("social.Group", "groups", owner="created_by", erase=False),
            PersonalData("social.Membership", "memberships"),
            PersonalData("social.JoinRequest", "join_requests"),
            PersonalData("social.InviteLink", "invite_links", secret=frozenset({"code"})),
            PersonalData("social.Challenge", "challenges", owner="created_by", erase=False),
            PersonalData("social.ChallengeParticipant", "challenge_participations"),
            PersonalData("social.ChallengeInvitation", "challenge_invitations"),
            PersonalData("social.Picture", "pictures", files=("image", "thumbnail")),
            PersonalData("social.Post", "posts", owner="author"),
            PersonalData("social.PostMedia", "post_media"),
            PersonalData("social.PostEdit", "post_edits"),
            PersonalData("social.PostHashtag", "post_hashtags"),
            PersonalData("social.Mention", "mentions"),
            PersonalData("social.Like", "likes"),
            PersonalData("social.Comment", "comments", owner="author", erase=False),
            PersonalData("social.Conversation", None, owner="created_by", erase=False),
            PersonalData("social.ConversationMember", "conversation_memberships"),
            PersonalData("social.Message", "messages", owner="sender"),
            PersonalData("social.MessagePicture", "message_pictures"),
            PersonalData("social.HiddenMessage", None),
            PersonalData("social.UserAchievement", "achievements"),
            PersonalData("social.Report", "reports"),
            PersonalData("social.ModerationAction", None, owner="person", erase=False),
        )

    def _register_synced_resources(self) -> None:
        from users import sync
        from users.sync import SyncedResource

        shown = {
            "Post": "posts.represent_posts",
            "Picture": "pictures.represent_pictures",
            "Comment": "comments.represent_comments",
            "SocialFollow": "graph.represent_follows",
            "FollowRequest": "graph.represent_follow_requests",
            "FriendRequest": "graph.represent_friend_requests",
            "Friendship": "graph.represent_friendships",
            "Block": "graph.represent_blocks",
            "Mute": "graph.represent_mutes",
            "Message": "messages.represent_messages",
            "ConversationMember": "conversations.represent_conversation_members",
            "Group": "groups.represent_groups",
            "Membership": "groups.represent_memberships",
            "JoinRequest": "groups.represent_join_requests",
            "InviteLink": "groups.represent_invite_links",
            "Challenge": "challenges.represent_challenges",
            "ChallengeParticipant": "challenges.represent_participants",
            "ChallengeInvitation": "challenges.represent_invitations",
            "UserAchievement": "achievements.represent_achievements",
            "Report": "reports.represent_reports",
        }
        sync.register(
            *(
                SyncedResource(f"social.{model}", f"social.api.{path}")
                for model, path in shown.items()
            )
        )

    def _register_health_values(self) -> None:
        from users import health_values

        # No health values, but private words: nobody of the staff reads them for nothing.
        health_values.register(
            "social.Message",
            open_to_staff=("sender", "receiver", "conversation", "is_read", "deleted_at"),
        )
        health_values.register(
            "social.Conversation",
            open_to_staff=("kind", "created_by", "last_message_at", "members"),
        )
