from django.urls import path

from backend.desk import views

urlpatterns = [path("", views.start, name="start")]
