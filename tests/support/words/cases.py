"""The desks, for the rider and for those who handle cases. The questions are those of bot/config/desks.toml."""

AGREE_AT_DESK = "✅ I agree, let's start"
ASKED_WHAT_ABOUT = "What is it about?"
ASKED_WHICH_PLATFORM = "Which platform is it"
ASKED_WHEN = "When did it happen?"
ASKED_WHERE = "Where did it happen?"
ASKED_FOR_EVIDENCE = "Do you have evidence?"
NO_SUCH_CASE = "There is no such case"
BUNDLE = "Evidence of {number}. Treat it as confidential."
ANY_BUNDLE = BUNDLE.partition(" {")[0]
WRITE_IN_CASE = "💬 Write in this case"
ENTERED = (
    "Everything you send now goes into {number}: text, pictures, documents, voice messages. "
    "Only the person handling your case can read it. Press “Leave conversation” to stop."
)
IN_CONVERSATION = ENTERED.partition(" {")[0]

TALK_TO_SOMEONE = "💛 Talk to someone"
WRITE_AT_ONCE = "Your first message goes"
"""How a desk that asks nothing begins."""
SEND_NOW = "📨 Send now"

DESKS_PAGE = "🗂"
"""In every language."""
TAKE = "▶ Take"
ASKED_WHY_TO_READ = "Why do you need to read"
