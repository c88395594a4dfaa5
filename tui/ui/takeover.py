"""How Textual takes over a terminal on which a curtain stands: without a blank moment."""

from textual.drivers.linux_driver import LinuxDriver

from tui.ui.curtain import ALTERNATE, Curtain


def driver_over(curtain: Curtain) -> type[LinuxDriver]:
    """The driver for a terminal with `curtain`.

    It does not enter the other screen a second time, which many terminals would clear for it (xterm: "Save cursor as in
    DECSC, switch to the Alternate Screen Buffer, clearing it first"), and leaves the keyboard as it was before.
    """

    class DriverOver(LinuxDriver):
        def start_application_mode(self) -> None:
            super().start_application_mode()
            self.attrs_before = curtain.before or self.attrs_before

        def write(self, data: str) -> None:
            if curtain.stands and data == ALTERNATE:
                curtain.hand_over()
            else:
                super().write(data)

    return DriverOver
