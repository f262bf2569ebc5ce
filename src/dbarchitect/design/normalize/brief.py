"""tmp"""

from dbarchitect.design.blueprint import Blueprint
from dbarchitect.design.preparation import Prepared


def normalize(plan: Blueprint, prepared: Prepared) -> Prepared:
    return prepared
