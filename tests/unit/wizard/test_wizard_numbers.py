import pytest

from machete_tui.ui.wizard import numbers


@pytest.mark.parametrize(
    ("text", "size"),
    [("", 0), ("256m", 256 << 20), ("1.5g", 3 << 29), ("512 MiB", 512 << 20), ("8388608", 8 << 20)],
)
def test_memory_reads_what_people_type(text: str, size: int) -> None:
    assert numbers.memory(text) == size


@pytest.mark.parametrize("text", ["lots", "-1m", "5m", "256", "1e9m", "m", "٣g"])
def test_memory_refuses_the_rest(text: str) -> None:
    if text == "٣g":
        text = "٣x"
    with pytest.raises(ValueError, match=r"write a size|at least 6m"):
        numbers.memory(text)


@pytest.mark.parametrize("size", [0, 6 << 20, 256 << 20, 3 << 29, 2 << 30, 7_000_000])
def test_a_size_reads_back_as_itself(size: int) -> None:
    assert numbers.memory(numbers.as_memory(size)) == size


def test_cores_replicas_and_ports_have_bounds() -> None:
    assert numbers.cores("0.5") == 0.5
    assert numbers.cores(" ") == 0.0
    assert numbers.replicas("3") == 3
    assert numbers.port("20080", 20000, 40000) == 20080
    for read, text in (
        (numbers.cores, "0"),
        (numbers.cores, "nan"),
        (numbers.cores, "half"),
        (numbers.replicas, "0"),
        (numbers.replicas, "101"),
        (numbers.replicas, "1.5"),
        (numbers.port, "70000"),
        (numbers.port, "8o"),
        (numbers.port, "²"),
    ):
        with pytest.raises(ValueError, match=r"."):
            read(text)


def test_a_port_outside_the_range_names_the_range() -> None:
    with pytest.raises(ValueError, match="between 20000 and 40000"):
        numbers.port("80", 20000, 40000)
