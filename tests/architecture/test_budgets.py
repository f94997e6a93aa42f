"""Short because each thing does one thing: the lengths of docs/contributing.md hold."""

from statistics import median

from tests.architecture import budgets


def test_no_file_is_longer_than_300_lines() -> None:
    assert not budgets.over(budgets.source_files(), budgets.FILE_LIMIT)


def test_no_function_is_longer_than_60_lines() -> None:
    assert not budgets.over(budgets.functions("app", "tests", "bench"), budgets.FUNCTION_LIMIT)


def test_no_template_is_longer_than_150_lines() -> None:
    assert not budgets.over(budgets.templates(), budgets.TEMPLATE_LIMIT)


def test_half_of_the_functions_hold_in_8_lines() -> None:
    print(budgets.report())
    assert median(budgets.functions("app").values()) <= budgets.MEDIAN_FUNCTION
