"""What can go wrong in a report."""


class ReportError(Exception):
    """A report could not be made; the message is for the person on duty."""


class SourceError(ReportError):
    """Data could not be read."""


class DeliveryError(ReportError):
    """A finished report could not be delivered."""
