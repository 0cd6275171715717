"""Districts, stations and departments."""

import uuid
from collections.abc import Callable
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.permissions import OfficeOnly, actor_of
from backend.core.pages import page
from backend.core.requests import read, read_query
from backend.core.schema import PAGING, paged
from backend.registry.api import serializers as s
from backend.registry.api.permissions import OfficeWrites
from backend.registry.models import AreaStation, Department, Place, SchoolDistrict
from backend.registry.selectors import places, teams
from backend.registry.services import headships
from backend.registry.services import organisation as services

Serializer = type[serializers.Serializer[Any]]
PLACES = paged(s.PlaceOut)


class PlacesView(APIView):
    """List and create; subclasses name the model."""

    permission_classes = (OfficeWrites,)
    model: ClassVar[type[Place]]

    def get(self, request: Request) -> Response:
        rows = places.scoped(self.model, actor_of(request))
        rows = rows.filter(places.matching(**read_query(s.PlacesQuery, request)))
        return Response(page(rows, request.query_params, by="code").answer(s.place))

    def post(self, request: Request) -> Response:
        row = services.create(self.model, actor=actor_of(request), **read(s.PlaceIn, request))
        return Response(s.place(row), status=201)


class PlaceView(APIView):
    """One place: its name can be changed."""

    permission_classes = (OfficeWrites,)
    model: ClassVar[type[Place]]

    def get(self, request: Request, place_id: uuid.UUID) -> Response:
        return Response(s.place(places.one(self.model, actor_of(request), place_id)))

    def patch(self, request: Request, place_id: uuid.UUID) -> Response:
        data = read(s.PlacePatch, request)
        return Response(s.place(services.rename(self.model, actor=actor_of(request), place_id=place_id, **data)))


class PlaceCloseView(APIView):
    """No longer in use; kept for history."""

    permission_classes = (OfficeOnly,)
    model: ClassVar[type[Place]]

    def post(self, request: Request, place_id: uuid.UUID) -> Response:
        return Response(s.place(services.close(self.model, actor=actor_of(request), place_id=place_id)))


View = type[APIView]


def listing(
    name: str, page: Any = PLACES, out: Serializer = s.PlaceOut, new: Serializer = s.PlaceIn
) -> Callable[[View], View]:
    """Document a list view."""
    return extend_schema_view(
        get=extend_schema(operation_id=f"{name}_list", parameters=[*PAGING, s.PlacesQuery], responses=page),
        post=extend_schema(operation_id=f"{name}_create", request=new, responses={201: out}),
    )


def detail(name: str, out: Serializer = s.PlaceOut, patch: Serializer = s.PlacePatch) -> Callable[[View], View]:
    """Document a detail view."""
    return extend_schema_view(
        get=extend_schema(operation_id=f"{name}_get", responses=out),
        patch=extend_schema(operation_id=f"{name}_change", request=patch, responses=out),
    )


def closing(name: str) -> Callable[[View], View]:
    """Document a closing view."""
    return extend_schema_view(
        post=extend_schema(operation_id=f"{name}_close", request=None, responses=s.PlaceOut),
    )


@listing("stations")
class StationsView(PlacesView):
    model = AreaStation


@detail("stations")
class StationView(PlaceView):
    model = AreaStation


@closing("stations")
class StationCloseView(PlaceCloseView):
    model = AreaStation


@listing("departments")
class DepartmentsView(PlacesView):
    model = Department


@detail("departments")
class DepartmentView(PlaceView):
    model = Department


@closing("departments")
class DepartmentCloseView(PlaceCloseView):
    model = Department


class DepartmentHeadView(APIView):
    """Who heads a department today, and with it has its teams in their care; naming somebody else."""

    permission_classes = (OfficeWrites,)

    @extend_schema(operation_id="departments_head", responses=s.HeadOut)
    def get(self, request: Request, place_id: uuid.UUID) -> Response:
        return Response(s.head(teams.head_of(places.one(Department, actor_of(request), place_id))))

    @extend_schema(operation_id="departments_name_head", request=s.HeadIn, responses=s.HeadOut)
    def put(self, request: Request, place_id: uuid.UUID) -> Response:
        row = headships.name_head(actor=actor_of(request), department_id=place_id, **read(s.HeadIn, request))
        return Response(s.head(row))


class DepartmentHeadEndView(APIView):
    """Nobody heads the department from now on."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="departments_end_headship", request=None, responses=s.HeadOut)
    def post(self, request: Request, place_id: uuid.UUID) -> Response:
        headships.end_headship(actor=actor_of(request), department_id=place_id)
        return Response(s.head(None))


@closing("districts")
class DistrictCloseView(PlaceCloseView):
    model = SchoolDistrict


@listing("districts", paged(s.DistrictOut), s.DistrictOut, s.DistrictIn)
class DistrictsView(APIView):
    """School districts, each with the station that watches over it."""

    permission_classes = (OfficeWrites,)

    def get(self, request: Request) -> Response:
        rows = places.districts(actor_of(request))
        rows = rows.filter(places.matching(**read_query(s.PlacesQuery, request)))
        return Response(page(rows, request.query_params, by="code").answer(s.district))

    def post(self, request: Request) -> Response:
        row = services.create_district(actor=actor_of(request), **read(s.DistrictIn, request))
        return Response(s.district(row), status=201)


@detail("districts", s.DistrictOut, s.DistrictPatch)
class DistrictView(APIView):
    """One district."""

    permission_classes = (OfficeWrites,)

    def get(self, request: Request, place_id: uuid.UUID) -> Response:
        return Response(s.district(places.one(SchoolDistrict, actor_of(request), place_id)))

    def patch(self, request: Request, place_id: uuid.UUID) -> Response:
        data = read(s.DistrictPatch, request)
        return Response(s.district(services.change_district(actor=actor_of(request), place_id=place_id, **data)))
